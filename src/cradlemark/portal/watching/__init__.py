"""What whoever runs the portal watches: health, metrics, logs."""

"""What has to be published, and how it becomes files."""

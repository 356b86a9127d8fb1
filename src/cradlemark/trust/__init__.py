"""Keys, signed notes and a transparency log: pure values and functions, without files, clocks or networks of their own."""

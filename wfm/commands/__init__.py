"""The command line of this room: options, output, and one file a command.

A command reads, calls one function, writes, prints. Nothing heavy is imported at the top of a command file.
"""

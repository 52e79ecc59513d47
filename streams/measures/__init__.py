"""The measures in the shell: packing of cells, files of rows and cells, the view of a running system."""

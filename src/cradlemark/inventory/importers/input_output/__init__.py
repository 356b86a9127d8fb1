"""Input-output tables as databases: every sector of every region is a process that makes one unit of money's worth.

``labels`` reads labels and units, ``matrix_reader`` labelled matrices, ``layout`` finds them in an archive, ``accounts``
puts them together, ``characterised`` reads factors, ``database_tables`` makes the tables, ``reading`` does it all.
"""

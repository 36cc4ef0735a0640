"""The tables and the questions asked of them; the only room that knows SQL.

One module per noun, one function per question, named as the question. Every function takes an
open ``Session`` and leaves the transaction to its caller, the pipeline.
"""

"""Importing the dispatch catalogue (派单目录) from XLSX and CSV: good rows go in, bad ones are named."""

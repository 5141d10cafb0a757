"""覆盖普查: was everybody asked whose matter was closed, and does anything look as if answers had been bent?"""

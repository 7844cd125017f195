print("tanren")

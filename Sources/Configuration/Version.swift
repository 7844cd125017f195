/// Tanren's version.
public let tanrenVersion = "0.1.0"

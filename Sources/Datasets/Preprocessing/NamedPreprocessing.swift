import Configuration

/// Preprocessing that can be chosen by name.
public protocol NamedPreprocessing: Preprocessing, Catalogued {}

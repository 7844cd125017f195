import Configuration

/// A transform that can be chosen by name, to go before an optimizer: see ``Preceded``.
public protocol NamedTransform: Transform, Catalogued {}

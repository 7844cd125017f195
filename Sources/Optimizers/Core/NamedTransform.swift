import Configuration

/// A transform that can be chosen by name, to go before an optimizer: see ``Preceded``.
public protocol NamedTransform: Transform, Catalogued {}

extension Options {
  /// Transforms by name.
  mutating func transforms(_ key: String) throws(ConfigurationError) -> [any NamedTransform] {
    var transforms: [any NamedTransform] = []
    for choice in try choices(key, default: []) { transforms.append(try Catalog<any NamedTransform>.all.make(choice)) }
    return transforms
  }
}

import Configuration

/// A transform that can be chosen by name, to go before an optimizer: see ``Preceded``.
public protocol NamedTransform: Transform, Catalogued {}

extension Options {
  /// Transforms by name.
  mutating func transforms(_ key: String) throws(ConfigurationError) -> [any NamedTransform] {
    guard let value = take(key) else { return [] }
    var transforms: [any NamedTransform] = []
    let elements = if case .list(let list) = value { list } else { [value] }
    for element in elements {
      var single = Options([key: element], origin: origin(of: key))
      transforms.append(try Catalog<any NamedTransform>.all.make(single.choice(key, default: Choice(key))))
    }
    return transforms
  }
}

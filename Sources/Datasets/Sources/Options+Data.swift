import Configuration

extension Options {
  /// The data set under `data`, which has to be named.
  mutating func source(of name: String) throws(ConfigurationError) -> any DataSource {
    guard let value = take("data") else {
      throw .invalid(message: "\(name) needs a data set: \(name)(data: mnist)", origin: origin)
    }
    var single = Options(["data": value], origin: origin(of: "data"))
    return try Catalog<any DataSource>.all.make(single.choice("data", default: Choice("digits")))
  }
}

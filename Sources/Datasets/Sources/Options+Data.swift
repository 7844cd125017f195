import Configuration
import Formats

extension Options {
  /// The data set under `data`, which has to be named.
  mutating func source(of name: String) throws(ConfigurationError) -> any DataSource {
    guard let data = try optionalChoice("data") else {
      throw .invalid(message: "\(name) needs a data set: \(name)(data: mnist)", origin: origin)
    }
    return try Catalog<any DataSource>.all.make(data)
  }
}

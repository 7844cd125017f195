import Configuration

extension Printed {
  /// Reads `{train: 100, test: 97.85, best: 97.88, reached: [2, 5, never], seconds: 41}`.
  init(_ options: Options) throws(ConfigurationError) {
    var options = options
    func number(_ key: String) throws(ConfigurationError) -> Double? {
      let value = try options.number(key, default: .nan)
      return value.isNaN ? nil : value
    }
    self.init(
      train: try number("train"), test: try number("test"), best: try number("best"), seconds: try number("seconds"))
    let origin = options.origin(of: "reached")
    if let value = options.take("reached") {
      guard case .list(let elements) = value else { throw Self.mismatch(value, origin) }
      var epochs: [Int?] = []
      for element in elements {
        switch element {
        case .text("never"): epochs.append(nil)
        case .number(let number) where Int(exactly: number) != nil: epochs.append(Int(exactly: number))
        default: throw Self.mismatch(value, origin)
        }
      }
      reached = epochs
    }
    try options.finish("'printed'")
  }

  /// What ``init(_:)`` reads.
  var yaml: String {
    func number(_ key: String, _ value: Double?) -> String? { value.map { "\(key): \(OptionValue.number($0))" } }
    let epochs = reached.map { "reached: [" + $0.map { $0.map(String.init) ?? "never" }.joined(separator: ", ") + "]" }
    let parts = [number("train", train), number("test", test), number("best", best), epochs, number("seconds", seconds)]
    return "{" + parts.compactMap(\.self).joined(separator: ", ") + "}"
  }

  private static func mismatch(_ value: OptionValue, _ origin: String) -> ConfigurationError {
    .wrongType(key: "reached", expected: "a list of epochs and 'never'", found: "\(value)", origin: origin)
  }
}

/// Why training can't begin.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
  case invalidSetting(name: String, value: Int, requirement: String)
  case batchLargerThanData(batchSize: Int, count: Int)
  case labelOutOfRange(label: Int, classes: Int)
  case differentModel(missing: [String], unexpected: [String])
  case differentType(path: String, expected: String, actual: String)
  case output(path: String, message: String)

  public var description: String {
    switch self {
    case .invalidSetting(let name, let value, let requirement): "\(name) is \(value), but must be \(requirement)"
    case .batchLargerThanData(let batchSize, let count):
      "a batch of \(batchSize) is larger than the data set of \(count) examples: take a smaller one"
    case .labelOutOfRange(let label, let classes):
      "the data has label \(label), but the model has outputs for 0..<\(classes)"
    case .differentModel(let missing, let unexpected):
      "the parameters are another model's"
        + (missing.isEmpty ? "" : "; missing: \(missing.joined(separator: ", "))")
        + (unexpected.isEmpty ? "" : "; unexpected: \(unexpected.joined(separator: ", "))")
    case .differentType(let path, let expected, let actual): "'\(path)' is \(actual), but the model has \(expected)"
    case .output(let path, let message): "can't write \(path): \(message)"
    }
  }
}

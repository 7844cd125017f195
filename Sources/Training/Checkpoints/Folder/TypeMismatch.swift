/// An array whose element type or shape isn't the one asked for.
public struct TypeMismatch: Sendable, Equatable, CustomStringConvertible {
  public let path: String
  public let expected: TensorType
  public let actual: TensorType

  public init(path: String, expected: TensorType, actual: TensorType) {
    (self.path, self.expected, self.actual) = (path, expected, actual)
  }

  public var description: String {
    "\(path) is \(actual.dtype)\(actual.shape), not \(expected.dtype)\(expected.shape)"
  }
}

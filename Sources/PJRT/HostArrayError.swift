/// Why bytes and a shape don't make a ``HostArray``.
public enum HostArrayError: Error, Equatable, Sendable, CustomStringConvertible {
  case invalidShape([Int])
  case wrongByteCount(shape: [Int], dtype: DType, expected: Int, actual: Int)
  case wrongType(asked: DType, actual: DType)

  public var description: String {
    switch self {
    case .invalidShape(let shape):
      "\(shape) is no shape: each extent must be zero or more and the product must fit in Int"
    case .wrongByteCount(let shape, let dtype, let expected, let actual):
      "an array of shape \(shape) and type \(dtype) needs \(expected) bytes, but \(actual) were given"
    case .wrongType(let asked, let actual):
      "the array holds \(actual), not \(asked): convert it first"
    }
  }
}

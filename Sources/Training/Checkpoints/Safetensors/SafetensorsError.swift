/// Why a safetensors file can't be read or written.
public struct SafetensorsError: Error, Sendable, Equatable, CustomStringConvertible {
  public let problem: SafetensorsProblem
  /// The file, where it is known.
  public let path: String?

  public init(_ problem: SafetensorsProblem, path: String? = nil) {
    self.problem = problem
    self.path = path
  }

  public var description: String {
    if case .file(let failure) = problem { return failure.description }
    return (path.map { "\($0): " } ?? "") + problem.description
  }
}

/// Why data can't be read, fetched, written or prepared.
public struct DatasetError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file or folder, if one is at fault; `archive.npz(member)` for a member of an archive.
  public var path: String?
  public var problem: DatasetProblem

  public init(_ problem: DatasetProblem, path: String? = nil) {
    self.path = path
    self.problem = problem
  }

  public var description: String {
    let place = path.map { "\($0): " } ?? ""
    return "\(place)\(problem.summary). \(problem.remedy)"
  }
}

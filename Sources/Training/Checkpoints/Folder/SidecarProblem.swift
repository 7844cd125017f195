/// What can be wrong with a sidecar's contents, wherever it lies.
enum SidecarProblem: Error, Equatable {
  case malformed(String)
  case newer(Int)
  case changed(expected: String, actual: String)
}

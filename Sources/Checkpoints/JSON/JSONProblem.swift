/// Why bytes aren't JSON.
package enum JSONProblem: Error, Equatable {
  case notUTF8
  case duplicateName(String)
  /// - Parameter offset: the byte at which something else was expected.
  case malformed(offset: Int, reason: String)
}

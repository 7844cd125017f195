/// How an ensemble is divided into chunks, of which a program runs one at a time.
enum EnsembleChunks {
  /// The members of each chunk but the last, which has the rest.
  ///
  /// A thread takes a member at a time, so an execution takes as long as its members divided by threads, rounded up. Of
  /// the sizes that are quickest in all the one with the fewest programs is best, then that with the fewest executions.
  /// - Parameter limit: the most members that fit into memory, 1 or more.
  static func size(of count: Int, atMost limit: Int, threads: Int) -> Int {
    func rounds(_ members: Int) -> Int { (members + threads - 1) / threads }
    func cost(_ size: Int) -> (Int, Int, Int) {
      let (chunks, rest) = (count / size, count % size)
      return (chunks * rounds(size) + rounds(rest), rest > 0 ? 2 : 1, chunks)
    }
    return (1...max(1, min(count, limit))).min { cost($0) < cost($1) } ?? 1
  }
}

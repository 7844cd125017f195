import PJRT

/// What data a run was trained on: one name may mean different data on different machines.
struct DataIdentity: Sendable, Hashable {
  /// As the configuration names it.
  let source: String
  /// A sentence for people.
  let origin: String
  let digest: String

  /// Examples of each set that the digest is taken of: a whole one would cost more than a short run.
  private static let sampleCount = 64

  init(_ data: DatasetPair, source: String) {
    self.source = source
    origin = data.origin
    var hash = SHA256()
    hash.update(Array(data.name.utf8))
    for set in [data.train, data.test] {
      for array in [set.inputs, set.targets] {
        hash.update(Array("\(array.dtype)\(array.shape)".utf8))
        let size = array.bytes.count / max(1, set.count)
        for sample in 0..<min(Self.sampleCount, set.count) {
          let start = sample * (set.count / min(Self.sampleCount, set.count)) * size
          hash.update(Array(array.bytes[start..<start + size]))
        }
      }
    }
    digest = hash.hexDigest()
  }
}

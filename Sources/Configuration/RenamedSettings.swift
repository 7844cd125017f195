import Synchronization

/// Settings that had another name in earlier versions. What was written with the old names is still read.
package enum RenamedSettings {
  /// What each old name, or a method's old name, may stand for: the first of them that the method has.
  package static let table: [String: [String]] = [
    "coupledDecay": ["l2"],
    "decay": ["weightDecay"],
    "excludeFromAdaptation": ["excludeFromLayerAdaptation"],
    "excludeFromDecay": ["excludeFromWeightDecay"],
    "keeping": ["rho", "decay"],
    "otherRate": ["otherLearningRate"],
    "rate": ["learningRate"],
    "decay.rate": ["weightDecay"],
  ]

  /// The present name of a setting; nil for a name that is none of the old ones.
  /// - Parameters:
  ///   - method: whose setting it is, if that is known.
  ///   - names: the names that there are.
  package static func name(of old: String, of method: String? = nil, among names: [String]) -> String? {
    guard !names.contains(old) else { return nil }
    let candidates = method.flatMap { table["\($0).\(old)"] } ?? table[old]
    return candidates?.first(where: names.contains)
  }

  private static let notes = Mutex<[String]>([])

  static func note(_ old: String, _ new: String, origin: String) {
    let note = (origin.isEmpty ? "" : "\(origin): ") + "'\(old)' is deprecated: write '\(new)'"
    notes.withLock { if !$0.contains(note) { $0.append(note) } }
  }

  /// What has been read under old names since the last call, for a command to report.
  package static func takeNotes() -> [String] {
    notes.withLock { notes in
      defer { notes = [] }
      return notes
    }
  }
}

import Synchronization

/// Settings that had another name in earlier versions. What was written with the old names is still read.
package enum RenamedSettings {
  /// The names that old names stand for; which of them is the method's own depends on the method.
  package static let table: [String: [String]] = [
    "rate": ["learningRate"],
    "decay": ["weightDecay"],
    "coupledDecay": ["l2"],
    "excludeFromDecay": ["excludeFromWeightDecay"],
    "excludeFromAdaptation": ["excludeFromLayerAdaptation"],
  ]

  /// The old name under which a setting may have been written; nil if it never had one.
  static func oldNames(of name: String) -> [String] {
    table.filter { $0.value.contains(name) }.map(\.key).sorted()
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

import Statistics

/// The CSS class of a finding.
enum VerdictStyle {
  static func name(_ finding: Finding) -> String {
    switch finding {
    case .better: "better"
    case .worse: "worse"
    case .diverged: "warned"
    case .equivalent, .identical, .notDistinguishable, .tooFewSeeds: "open"
    }
  }
}

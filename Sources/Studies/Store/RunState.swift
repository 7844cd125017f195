/// How far a run is.
public enum RunState: String, Sendable, CaseIterable, Codable {
  case pending, running, done, failed
}

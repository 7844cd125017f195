/// How a line is stroked.
public enum LineDash: Sendable, Equatable, CaseIterable {
  case solid, dashed, dotted, dashDotted
}

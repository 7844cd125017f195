/// What a piece of text means, shown by weight or colour where there is any.
public enum TextStyle: Sendable, Equatable {
  case plain
  /// The best of a column, a heading.
  case strong
  /// Less important than the rest.
  case muted
  /// Better, passed.
  case positive
  /// Worse, failed.
  case negative
  case warning
}

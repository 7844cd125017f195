/// How a text file lays out its columns.
public struct CSVFormat: Sendable, Equatable {
  /// What is between the fields of a line.
  public enum Separator: Sendable, Equatable {
    case character(Character)
    /// Any run of spaces and tabs.
    case whitespace
  }

  /// Which columns are read.
  public enum Columns: Sendable, Equatable {
    case all
    /// Counted from 0, in the order wanted.
    case indices([Int])
    /// By the header's names, in the order wanted.
    case names([String])
  }

  public var separator: Separator
  /// Whether the first line that is neither empty nor a comment names the columns.
  public var hasHeader: Bool
  /// Lines that begin with it are skipped.
  public var comment: Character?
  public var columns: Columns

  public init(
    separator: Separator = .character(","), hasHeader: Bool = false, comment: Character? = "#",
    columns: Columns = .all
  ) {
    self.separator = separator
    self.hasHeader = hasHeader
    self.comment = comment
    self.columns = columns
  }
}

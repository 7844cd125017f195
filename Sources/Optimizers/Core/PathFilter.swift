import Configuration

/// A choice of parameters by regular expressions, searched for anywhere in a parameter's path.
///
/// ```swift
/// try PathFilter(excluding: ["bias", "norm.*/(scale|shift)"])
/// ```
public struct PathFilter: Sendable, Hashable {
  /// If not empty, paths without a match of any are left out.
  public let included: [String]
  /// Paths with a match of any are left out.
  public let excluded: [String]

  /// Every parameter.
  public static let all = PathFilter()

  private init() { (included, excluded) = ([], []) }

  /// - Throws: `ConfigurationError` naming the expression that can't be read.
  public init(
    including included: [String] = [], excluding excluded: [String] = [], origin: String = ""
  ) throws(ConfigurationError) {
    for pattern in included + excluded {
      do { _ = try Regex(pattern) } catch {
        throw .invalid(message: "'\(pattern)' is not a regular expression: \(error)", origin: origin)
      }
    }
    (self.included, self.excluded) = (included, excluded)
  }

  /// Whether the filter lets `path` through.
  public func matches(_ path: String) -> Bool {
    (included.isEmpty || included.contains { path.matches($0) }) && !excluded.contains { path.matches($0) }
  }
}

extension String {
  fileprivate func matches(_ pattern: String) -> Bool {
    // The pattern was checked on the way in; Regex itself can't be stored in a Sendable value.
    guard let regex = try? Regex(pattern) else { return false }
    return firstMatch(of: regex) != nil
  }
}

extension SettingFormat where Value == PathFilter {
  /// Regular expressions for the paths to leave out.
  static var excluding: SettingFormat {
    SettingFormat(
      "regular expressions",
      read: { (options, key, fallback) throws(ConfigurationError) in
        guard options.has(key) else { return try PathFilter(excluding: options.texts(key, default: fallback.excluded)) }
        let origin = options.origin(of: key)
        return try PathFilter(excluding: options.texts(key, default: []), origin: origin)
      },
      write: { (filter) throws(ConfigurationError) in
        guard filter.included.isEmpty else {
          throw .invalid(message: "a filter that includes paths can't be written: exclude the others", origin: "")
        }
        return .list(filter.excluded.map(OptionValue.text))
      })
  }

  /// Regular expressions for the paths to let through; all if there are none.
  static var including: SettingFormat {
    SettingFormat(
      "regular expressions",
      read: { (options, key, fallback) throws(ConfigurationError) in
        let origin = options.has(key) ? options.origin(of: key) : ""
        return try PathFilter(including: options.texts(key, default: fallback.included), origin: origin)
      },
      write: { (filter) throws(ConfigurationError) in
        guard filter.excluded.isEmpty else {
          throw .invalid(message: "a filter that excludes paths can't be written: include the others", origin: "")
        }
        return .list(filter.included.map(OptionValue.text))
      })
  }
}

import Foundation

/// Where a study's pages are.
enum StudyAddress {
  /// The characters that RFC 3986 leaves unreserved; all others are percent-encoded.
  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  static func of(_ name: String) -> String {
    "/studies/" + (name.addingPercentEncoding(withAllowedCharacters: unreserved) ?? "")
  }
}

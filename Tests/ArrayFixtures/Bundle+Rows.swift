import Foundation

extension Bundle {
  /// The rows of `name`.json in the tests' folder `Fixtures`.
  public func rows<Row: Decodable>(_ name: String, of type: Row.Type = Row.self) throws -> [Row] {
    guard let url = url(forResource: name, withExtension: "json", subdirectory: "Fixtures") else {
      throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: "Fixtures/\(name).json"])
    }
    return try JSONDecoder().decode([Row].self, from: Data(contentsOf: url))
  }
}

import Foundation

/// What a folder holds, itself and below.
enum FolderSize {
  static func of(_ folder: String) -> (files: Int, bytes: Int) {
    var (files, bytes) = (0, 0)
    let paths = FileManager.default.enumerator(atPath: folder)
    while let path = paths?.nextObject() as? String {
      let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + path)
      guard attributes?[.type] as? FileAttributeType == .typeRegular else { continue }
      files += 1
      bytes += (attributes?[.size] as? NSNumber)?.intValue ?? 0
    }
    return (files, bytes)
  }
}

import Files
import Foundation

/// Whole files as bytes, with failures reported as ``DatasetError``.
package enum FileBytes {
  package static func read(_ path: String) throws(DatasetError) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    } catch {
      throw DatasetError(.unreadable(reason: reason(of: error)), path: path)
    }
  }

  /// As `OutputFile` does.
  package static func write(_ bytes: [UInt8], to path: String) throws(DatasetError) {
    do throws(FileFailure) {
      try OutputFile.write(bytes, to: path)
    } catch {
      throw DatasetError(.unwritable(error), path: path)
    }
  }

  /// The cause in a few words: Foundation's own text repeats the path and blames "the operation".
  package static func reason(of error: any Error) -> String {
    guard let cocoa = error as? CocoaError else { return error.localizedDescription }
    return switch cocoa.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file or folder"
    case .fileReadNoPermission, .fileWriteNoPermission: "permission is denied"
    case .fileWriteOutOfSpace: "the disk is full"
    case .fileWriteVolumeReadOnly: "the disk is read-only"
    default: (cocoa.underlying ?? cocoa).localizedDescription
    }
  }
}

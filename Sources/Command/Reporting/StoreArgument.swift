import ArgumentParser
import Foundation
import Tanren

/// The store of a command that is about a whole one: its first word, or `--store` as everywhere else.
struct StoreArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("Store file. (default: that of --store)", valueName: "store"))
  var file: String?

  @OptionGroup var option: StoreOptions

  var path: String { file ?? option.path }

  /// The store as `study run` takes it; none for the usual one.
  var words: [String] { file.map { ["--store", $0] } ?? option.words }

  /// - Throws: `UsageError` where the store is named twice or a study is in its place, `StoreError`.
  func open() throws -> StudyStore {
    guard let file else { return try option.open(.read) }
    if let other = option.store, other != file {
      throw UsageError("the store is named twice, \(file) and \(other): leave one of them out")
    }
    if !FileManager.default.fileExists(atPath: file), isStudy(file) {
      throw UsageError(
        "'\(file)' is a study of \(option.path): what is named here is the store, and a study with --study")
    }
    return try StudyStore(file, access: .read)
  }

  private func isStudy(_ name: String) -> Bool {
    (try? option.open(.read).studies().contains { $0.name == name }) ?? false
  }
}

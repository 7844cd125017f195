import ArgumentParser
import Foundation
import Tanren

/// The store as the first argument of a command, or as `--store` everywhere else.
struct StoreArgument: ParsableArguments {
  @Argument(help: ArgumentHelp("Store file. (default: that of --store)", valueName: "store"))
  var file: String?

  @OptionGroup var option: StoreOptions

  var path: String { file ?? option.path }

  /// The store as arguments of `study run`; empty for the default one.
  var words: [String] { file.map { ["--store", $0] } ?? option.words }

  /// - Throws: `UsageError` if the store is named twice or the argument is a study, `StoreError`.
  func open() throws -> StudyStore {
    guard let file else { return try option.open(.read) }
    if let other = option.store, other != file {
      throw UsageError("two stores are given, \(file) and \(other): omit one of them")
    }
    if !FileManager.default.fileExists(atPath: file), isStudy(file) {
      throw UsageError(
        "'\(file)' is a study in \(option.path): the argument is the store file, so name the study with --study")
    }
    return try StudyStore(file, access: .read)
  }

  private func isStudy(_ name: String) -> Bool {
    (try? option.open(.read).studies().contains { $0.name == name }) ?? false
  }
}

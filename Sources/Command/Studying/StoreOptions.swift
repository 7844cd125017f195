import ArgumentParser
import Tanren

/// The store of a command.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Store file. (default: TANREN_STORE, or out/studies.sqlite)", valueName: "file"))
  var store: String?

  var path: String { store ?? Environment["TANREN_STORE"] ?? "out/studies.sqlite" }

  /// The option as arguments that repeat a command; empty for the default store.
  var words: [String] { store.map { ["--store", $0] } ?? [] }

  func open(_ access: StudyStore.Access) throws(StoreError) -> StudyStore { try StudyStore(path, access: access) }
}

/// Whether a plan may replace a study that has more runs.
struct ReplaceOption: ParsableArguments {
  @Flag(help: "Replace a study of the same name even if it has results that are not in the plan.")
  var replace = false
}

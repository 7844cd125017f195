import ArgumentParser
import Tanren

/// Which store a command is about.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The file that studies are kept in. (default: TANREN_STORE, else out/studies.sqlite)", valueName: "file"))
  var store: String?

  var path: String { store ?? Environment["TANREN_STORE"] ?? "out/studies.sqlite" }

  /// The option as it has to be typed again; none for the usual store.
  var words: [String] { store.map { ["--store", $0] } ?? [] }

  func open(_ access: StudyStore.Access) throws(StoreError) -> StudyStore { try StudyStore(path, access: access) }
}

/// Whether a plan may take the place of a study that has more runs.
struct ReplaceOption: ParsableArguments {
  @Flag(help: "Replace the study of the plan's name even if it has results that the plan has no runs for.")
  var replace = false
}

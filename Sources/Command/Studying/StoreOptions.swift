import ArgumentParser
import Tanren

/// Which store a command is about.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The file that studies are kept in. (default: TANREN_STORE, else out/studies.sqlite)", valueName: "file"))
  var store: String?

  var path: String { store ?? Environment["TANREN_STORE"] ?? "out/studies.sqlite" }

  func open(_ access: StudyStore.Access) throws(StoreError) -> StudyStore { try StudyStore(path, access: access) }
}

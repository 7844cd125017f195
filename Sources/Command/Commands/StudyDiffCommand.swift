import ArgumentParser
import Foundation
import Tanren

/// `tanren study diff`: a comparison of the configurations and results of two studies.
struct StudyDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare the configurations and results of two studies, run by run.",
    discussion: """
      A study is a store file with a single study, file:study, or the name of a study in --store. The exit status is \
      0 if all configurations and results are equal, and 1 otherwise.

      Examples:
        tanren study diff first.sqlite second.sqlite
        tanren study diff rates rates-f64 --store out/studies.sqlite
      """)

  @Argument(help: ArgumentHelp("First study.", valueName: "first"))
  var first: String

  @Argument(help: ArgumentHelp("Second study.", valueName: "second"))
  var second: String

  @OptionGroup var store: StoreOptions

  func run() throws {
    let diff = StudyDiff(try results(first), try results(second))
    Terminal.current().write(diff.description + "\n")
    if !diff.isEmpty { throw ExitCode(Outcome.failure) }
  }

  private func results(_ word: String) throws -> StudyResults {
    if FileManager.default.fileExists(atPath: word) {
      return try results(in: StudyStore(word, access: .read), named: nil)
    }
    if let colon = word.lastIndex(of: ":"), FileManager.default.fileExists(atPath: String(word[..<colon])) {
      let opened = try StudyStore(String(word[..<colon]), access: .read)
      return try results(in: opened, named: String(word[word.index(after: colon)...]))
    }
    return try results(in: store.open(.read), named: word)
  }

  private func results(in store: StudyStore, named name: String?) throws -> StudyResults {
    try store.results(of: try store.study(name))
  }
}

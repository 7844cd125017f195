import Foundation
import TestSupport
import Testing

/// The commands in README and guides, executed: those of one page one after the other, on data sets of a few examples.
@Suite(.tags(.process)) struct GuideCommandTests {
  private static let pages = ((try? Sources.guides()) ?? []).filter { page in
    ((try? GuideCommand.all(in: page)) ?? []).contains { $0.program == "tanren" }
  }

  @Test func guidesHaveCommands() { #expect(Self.pages.contains("README.md") && Self.pages.count > 4) }

  @Test(arguments: pages) func commandsSucceed(page: String) throws {
    let folder = try TemporaryFolder()
    try folder.writeMNIST(train: 1000, test: 200, to: "data/mnist")
    try writeCIFAR(to: folder)
    try folder.write(photos, to: "photos.npy")
    try writeTables(to: folder)
    // The plans that a page shows, by the names that its commands use; without one, a plan of the page's own.
    let plan =
      try plan(in: page) ?? "seeds: 2\nbase: {data: mnist, epochs: 1}\narms: {sgd: {}, adam: {optimizer: adam}}\n"
    try folder.write(plan, to: "rates.yml")
    if try Sources.text(page).contains("tanren report") {
      let words = ["study", "run", "rates.yml", "name=rates", "epochs=1", "seeds=0..1", "--quiet"]
      #expect(try run(words, in: folder).status == 0)
    }
    for command in try GuideCommand.all(in: page) where command.program == "tanren" {
      // Continuous integration runs every recipe, in a step of its own.
      if command.words.contains("--all") { continue }
      let result = try run(command.shortened(in: folder), in: folder)
      if let file = command.outputFile { try folder.write(result.output, to: file) }
      #expect(result.status == 0, "\(page):\(command.line): \(command.words.joined(separator: " ")): \(result.error)")
    }
  }

  /// Runs a command to its end, and a server for some seconds.
  private func run(_ words: [String], in folder: TemporaryFolder) throws -> (
    status: Int32, output: String, error: String
  ) {
    let process = try TanrenProcess(
      words, environment: ["TANREN_DATA": folder("data") + ":" + folder("data/cifar10")], in: folder)
    try process.start()
    if words.first == "serve" {
      Thread.sleep(forTimeInterval: 2)
      // What it serves is another test's.
      if process.stop() { return (0, "", "") }
    }
    let result = try process.result()
    return (result.status, result.output, result.error)
  }

  private func plan(in page: String) throws -> String? {
    try Sources.text(page).firstMatch(of: /(?ms)^```yaml\n(.*?)^```/).map { String($0.1) }.flatMap {
      $0.contains("arms:") ? $0 : nil
    }
  }

  /// CIFAR-10 with 20 images in each of its six files.
  private func writeCIFAR(to folder: TemporaryFolder) throws {
    let records = (0..<20).flatMap { (index: Int) -> [UInt8] in
      [UInt8(index % 10)] + [UInt8](repeating: UInt8(index * 12), count: 3072)
    }
    for name in (1...5).map({ "data_batch_\($0)" }) + ["test_batch"] {
      try folder.write(records, to: "data/cifar10/\(name).bin")
    }
  }

  /// Two gray images of 32 by 32 pixels as `numpy.save` writes them.
  private var photos: [UInt8] {
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 32, 32, 3), }"
    let padded = header + String(repeating: " ", count: 117 - header.count) + "\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(padded.utf8) + [UInt8](repeating: 99, count: 6144)
  }

  /// A table of three species and a series of two columns.
  private func writeTables(to folder: TemporaryFolder) throws {
    let rows = (0..<150).map { row in
      let species = row % 3
      let colour = row % 11 == 0 ? "?" : ["white", "blue", "red"][(species + row % 4 / 3) % 3]
      return
        "\(4 + species).\(row % 10),\(3 - species).\(row % 7),\(colour),\(["setosa", "virginica", "versicolor"][species])"
    }
    try folder.write("length,width,colour,species\n" + rows.joined(separator: "\n") + "\n", to: "flowers.csv")
    try folder.write("colour,width,length\nblue,2.9,5.1\n?,1.2,6.3\n", to: "new-flowers.csv")
    try folder.write("species,length,width,colour\nsetosa,5.0,3.3,white\n", to: "more-flowers.csv")
    let steps = (0..<400).map { step in
      let (hour, minute) = (step / 6 % 24, step % 6 * 10)
      let time = "2024-01-\(step / 144 + 10)T\(hour < 10 ? "0" : "")\(hour):\(minute)\(minute == 0 ? "0" : "")"
      return "\(time),\(20 + 5 * sin(Double(step) / 9)),\(cos(Double(step) / 5))"
    }
    try folder.write("time,temperature,load\n" + steps.joined(separator: "\n") + "\n", to: "sensor.csv")
  }

  /// Other programs are too slow to run for a guide, or are tested elsewhere: here they must exist.
  @Test func otherProgramsExist() throws {
    let makefile = try Sources.text("Makefile")
    let manifest = try Sources.text("Package.swift")
    for page in try Sources.guides() {
      for command in try GuideCommand.all(in: page) {
        let place = "\(page):\(command.line): \(command.words.joined(separator: " "))"
        switch command.program {
        case "tanren": break
        case "make":
          for target in command.words where !target.contains("=") {
            #expect(makefile.contains("\n\(target):"), "\(place)")
          }
        case "swift":
          if command.words.first == "run" {
            let name = try #require(
              command.words.dropFirst().first { !$0.hasPrefix("-") && $0 != "release" }, "\(place)")
            #expect(manifest.contains("\"\(name)\""), "\(place)")
          }
        default: #expect(Sources.exists(command.program), "\(place)")
        }
      }
    }
  }
}

/// A command in a block of a guide.
private struct GuideCommand {
  let line: Int
  /// `tanren`, `make`, `swift`, or a path in the package.
  let program: String
  let words: [String]
  /// The file that the command's output goes to.
  let outputFile: String?

  private init(line: Int, program: String, words: [String]) {
    (self.line, self.program) = (line, program)
    let redirection = words.firstIndex(of: ">") ?? words.endIndex
    self.words = Array(words[..<redirection])
    outputFile = words.dropFirst(redirection + 1).first
  }

  static func all(in page: String) throws -> [GuideCommand] {
    var commands: [GuideCommand] = []
    var fence: String?
    for (index, line) in try Sources.text(page).split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.hasPrefix("```") {
        fence = fence == nil ? String(line.dropFirst(3)) : nil
        continue
      }
      // Blocks without a language hold commands and what they print.
      guard fence == "" || fence == "sh" || (fence == nil && line.hasPrefix("    ")) else { continue }
      let words = try split(String(line).trimmingCharacters(in: .whitespaces))
      let command = Array(words.drop { $0 == "$" || $0.contains(/^[A-Z_]+=/) })
      guard let program = command.first else { continue }
      if ["tanren", "make", "swift"].contains(program) || program.hasPrefix("scripts/")
        || program.hasPrefix("Benchmarks/")
      {
        commands.append(GuideCommand(line: index + 1, program: program, words: Array(command.dropFirst())))
      }
    }
    return commands
  }

  /// A line's words as a shell takes them, without a comment.
  private static func split(_ line: String) throws -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in line {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        (quote, word) = (character, word ?? "")
      } else if character == "#", word == nil {
        break
      } else if character == " " {
        if let ended = word { words.append(ended) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    return words + (word.map { [$0] } ?? [])
  }

  /// The command with less to compute: recipes with their smallest budget, studies of one epoch and two seeds.
  func shortened(in folder: TemporaryFolder) -> [String] {
    var words = words.map { word in
      // Plans of the package, wherever the command runs.
      word.hasPrefix("Examples/") && Sources.exists(word)
        ? Locations.package.appendingPathComponent(word).path : word.replacing("/shared/", with: folder(""))
    }
    func drop(_ option: String) {
      if let place = words.firstIndex(of: option), place + 1 < words.count { words.removeSubrange(place...(place + 1)) }
    }
    switch words.first {
    case "reproduce" where !words.contains("--list") && !words.contains("--show"):
      for option in ["--budget", "--seeds", "--epochs"] { drop(option) }
      words += ["--budget", "smoke", "--offline", "--replace"]
    case "report":
      // What the page's commands have left: budgets are part of a study's name.
      words = words.map { $0.hasSuffix("-cpu") ? $0.replacing("-cpu", with: "-smoke") : $0 }
    // A budget that is named is a small one.
    case "study"
    where words.count > 1 && ["run", "task"].contains(words[1]) && !words.contains { $0.hasPrefix("budget=") }:
      words.removeAll { $0.hasPrefix("seeds=") }
      words += ["epochs=1", "seeds=0..1"]
    default: break
    }
    return words
  }
}

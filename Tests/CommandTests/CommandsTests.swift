import Foundation
import Tanren
import TestSupport
import Testing

@Suite(.tags(.process)) struct CommandsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func output(_ arguments: [String], location: SourceLocation = #_sourceLocation) throws -> String {
    let result = try TanrenProcess.run(arguments, in: folder)
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)", sourceLocation: location)
    return result.output
  }

  @Test func helpReadsWell() throws {
    let root = try output(["--help"])
    for name in ["run", "evaluate", "predict", "export", "reproduce", "activations", "methods", "data", "engine"] {
      #expect(root.contains("\n  \(name) "))
      #expect(try output([name, "--help"]).contains("OVERVIEW:"))
    }
    #expect(try output(["help", "run"]).contains("Examples:"))
    #expect(try output([]).contains("USAGE: tanren <subcommand>"))
    #expect(try output(["--version"]) == "0.1.0\n")
    // Examples must not be broken across lines, and no option is described as a sentence with "the" or "what".
    for name in [
      "run", "evaluate", "predict", "export", "study", "study plan", "study run", "study worker", "study list",
      "study show",
      "study export",
      "study diff", "study task", "study merge", "study slurm", "reproduce", "report", "serve", "activations",
      "schedule plot", "schedule find", "methods",
      "data info", "data preview", "engine info", "engine install", "engine requirements",
    ] {
      let help = try output(name.split(separator: " ").map(String.init) + ["--help"])
      let lines = help.split(separator: "\n")
      for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("  tanren ") {
        #expect(line.count <= 80 && line.filter { $0 == "'" }.count.isMultiple(of: 2), "\(line)")
        #expect(next.hasPrefix("  ") || !next.hasPrefix(" ") && next.first?.isUppercase == true, "\(name): \(next)")
      }
      #expect(!help.contains(" What ") && !help.contains("  The "), "\(name)")
      // A default stands once: the parser adds it.
      let words = help.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(!words.contains(#/\(default: [^)]*\) \(default:/#), "\(name)")
    }
  }

  /// A study's report is a folder of its name, which isn't the plan.
  @Test func aStudyRunsTwiceInOneFolder() throws {
    let words = [
      "study", "run", "activations-mnist", "arms=relu", "seeds=1", "epochs=1", "--store", "s.sqlite",
      "data=syntheticDigits(train: 200, test: 100)", "--quiet",
    ]
    for _ in 0..<2 { #expect(try output(words) == "") }
    #expect(FileManager.default.fileExists(atPath: folder.path + "/activations-mnist/report.html"))
  }

  @Test func methodsListsEveryRegistry() throws {
    let all = try output(["methods"])
    for name in [
      "RECIPES", "ACTIVATIONS", "OPTIMIZERS, set with 'optimizer'", "SCHEDULES", "LOSSES", "tanhExp", "nesterov",
      "EXPERIMENTS, set with 'experiment'", "READOUTS", "reservoirPrediction",
    ] {
      #expect(all.contains(name), "\(name)")
    }
    let kind = try output(["methods", "activations"])
    #expect(kind.contains("hSwish") && kind.contains("(n: 6)") && !kind.contains("nesterov"))
    #expect(try output(["methods", "readouts"]).contains("cholesky"))
    let one = try output(["methods", "h-swish"])
    #expect(one.contains("hSwish, activation") && one.contains("n: 6"))
  }

  @Test func activationsAreComputedAndDrawn() throws {
    let text = try output(["activations", "tanhExp", "hSwish(n: 3)", "--from", "-4", "--to", "4", "--output", "a.svg"])
    // From calculus: x·tanh(e^x) is least at -1.0789 and steepest at 0.6966; h-swish with n is -n/16 at -n/4.
    let rows = text.split(separator: "\n").map(String.init)
    #expect(
      rows.contains { $0.contains("tanhExp") && $0.contains("−0.3533 at −1.0") && $0.contains("1.062 at 0.69") },
      "\(text)")
    #expect(rows.contains { $0.contains("hSwish(n: 3)") && $0.contains("−0.1875 at −0.7") }, "\(text)")
    let svg = try folder.text("a.svg")
    #expect(svg.contains("derivative") && svg.contains("hSwish(n: 3)"))
    let all = try output(["activations"])
    #expect(all.contains("mish") && !all.contains("softmax"))
    #expect(folder.exists("out/activations.svg"))
    _ = try output(["activations", "relu", "swish", "--overlay", "--output", "b.svg"])
    #expect(try folder.text("b.svg").contains("swish"))
  }

  @Test func dataIsFoundAndShown() throws {
    try folder.writeMNIST(train: 20, test: 10)
    let result = try TanrenProcess.run(["data", "info"], environment: ["TANREN_DATA": folder.path], in: folder)
    #expect(result.status == 0)
    #expect(result.output.contains("uint8 [20, 28, 28]") && result.output.contains("MNIST, from \(folder.path)"))
    let path = try DataFiles.writeNPZ(to: folder)
    #expect(try output(["data", "info", "npz(path: \(path))"]).contains("float32 [20, 4]"))
    let charts = try output(["data", "info", DataFiles.tiny, "npz(path: \(path))", "--output", "d.svg"])
    #expect(charts.hasSuffix("Written: d.svg\n"))
    let svg = try folder.text("d.svg")
    #expect(svg.contains("examples per class") && svg.contains("input value") && svg.contains(">training</text>"))
    _ = try output(["data", "preview", DataFiles.tiny, "--count", "6", "--columns", "3", "--output", "p.png"])
    let png = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/p.png"))
    // The signature, then the header's length and name, then width and height: 3 and 2 images of 28 with lines between.
    #expect(
      Array(png.prefix(24)) == [
        0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 86, 0, 0, 0, 57,
      ])
    #expect(try output(["data", "preview", DataFiles.tiny, "--test"]).contains("100 of 100 images"))
    #expect(try folder.text("out/preview.svg").contains("data:image/png;base64,"))
  }

  @Test func augmentationIsShown() throws {
    let preview = ["data", "preview", DataFiles.tiny, "--count", "12", "--columns", "4"]
    func sheet(_ name: String, _ more: String...) throws -> [UInt8] {
      let text = try output(preview + ["--output", name] + more)
      #expect(text.contains(more.contains("--augment") ? "12 images, the first of each row unaugmented" : "12 of 200"))
      return try Array(Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name)))
    }
    let augmented = try sheet("a.png", "--augment", "strong")
    #expect(try augmented == sheet("b.png", "--augment", "strong"))
    #expect(try augmented != sheet("c.png", "--augment", "strong", "--seed", "1"))
    #expect(try augmented != sheet("d.png", "--augment", "[basic, cutout(size: 8)]"))
    #expect(try augmented != sheet("e.png"))
    _ = try sheet("f.svg", "--augment", "strong")
    #expect(try folder.text("f.svg").contains("data:image/png;base64,"))
    for (augmentation, message) in [
      ("cutout(size: 40)", "'cutout.size' is 40, but must be from 1 to 28 for images of 28x28"),
      ("zoom(range: [1.5, 0.5])", "'range'"), ("horizontalFlip(probability: 2)", "'probability'"),
      ("randomErasing(area: [0.5, 2])", "'area'"), ("strnog", "did you mean 'strong'?"),
    ] {
      let result = try TanrenProcess.run(preview + ["--augment", augmentation], in: folder)
      #expect(result.status == 2 && result.error.contains(message), "\(result.error)")
    }
  }

  @Test func schedulesAreDrawn() throws {
    let warmup = "warmup(from: 0.1, epochs: 5, then: step(initial: 0.8, milestones: [60, 85]), delaysNext: false)"
    let text = try output([
      "schedule", "plot", warmup, "oneCycle(peak: 0.1)", "--steps-per-epoch", "48", "--output", "s.svg",
    ])
    let rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    // Goyal's warmup: from 0.1 to 0.8 at the fifth epoch, a hundredth of it at the end.
    #expect(
      rows.contains {
        $0.first?.hasPrefix("warmup(") == true && $0.suffix(4).starts(with: ["0.1", "0.8"]) && $0.last == "0.008"
      }, "\(text)")
    #expect(try folder.text("s.svg").contains("oneCycle(peak: 0.1)"))
    let scaled = try output([
      "schedule", "plot", "batchScaled(schedule: 0.1, reference: 128)", "--batch-size", "1024", "--epochs", "2",
      "--log",
    ])
    #expect(scaled.contains("0.8") && folder.exists("out/schedule.svg"))
    for (words, message) in [
      (["cosin(initial: 0.1)"], "did you mean 'cosine'?"), (["0.1", "--epochs", "0"], "--epochs is 0"),
      (["0.1", "--epochs", "1000000", "--steps-per-epoch", "1000000"], "are more than"),
    ] {
      let result = try TanrenProcess.run(["schedule", "plot"] + words, in: folder)
      #expect(result.status == 2 && result.error.contains(message), "\(result.error)")
    }
  }

  /// An accelerator's plugin among Python's packages is listed, with what is known of it.
  @Test func engineInfoListsAccelerators() throws {
    let packages = "venv/lib/python3.12/site-packages"
    let plugin = try folder.write("", to: "\(packages)/jax_plugins/mps/lib/libpjrt_plugin_mps.dylib")
    let environment = ["VIRTUAL_ENV": folder("venv")]
    let text = try TanrenProcess.run(["engine", "info"], environment: environment, in: folder).output
    #expect(text.contains("metal") && text.contains("\(plugin), untested"), "\(text)")
    #expect(try !output(["engine", "info"]).contains("untested"))
    // Its own file isn't a plugin here.
    let refused = try TanrenProcess.run(["run", "--device", "metal"], environment: environment, in: folder)
    #expect(refused.status != 0 && refused.error.contains("\(plugin) is not a PJRT plugin"), "\(refused.error)")
  }

  @Test func engineInfoTellsWhatRuns() throws {
    let text = try output(["engine", "info"])
    for part in ["plugin", "PJRT C API", "platform", "cpu", "programs", "checks", "passed"] {
      #expect(text.contains(part))
    }
    #expect(!text.contains("damaged"))
  }

  #if os(Linux) && arch(x86_64)
    /// A flipped byte is found where it is asked for, a missing piece before the library is loaded.
    @Test func aDamagedEngineIsTold() throws {
      let package = "cache/engine/xla-cpu-pjrt-0.0.1"
      try FileManager.default.createDirectory(
        atPath: folder.path + "/\(package)/part.dist-info", withIntermediateDirectories: true)
      let library = try folder.write("no library", to: "\(package)/xla_cpu_pjrt.so")
      for (size, arguments, message) in [
        (10, ["engine", "info"], "its contents aren't those that its package brought"),
        (11, ["engine", "info"], "it has 10 bytes instead of 11"),
        (11, ["run", "--offline", "--data", DataFiles.tiny, "--epochs", "1"], "it has 10 bytes instead of 11"),
      ] {
        try folder.write(
          "xla_cpu_pjrt.so,sha256=\(String(repeating: "0", count: 43)),\(size)\n",
          to: "\(package)/part.dist-info/RECORD")
        let result = try TanrenProcess.run(arguments, environment: ["TANREN_CACHE": folder.path + "/cache"], in: folder)
        #expect(result.status == 1 && !result.endedBySignal, "\(result.error)")
        #expect(
          result.error.contains("\(library) is damaged: \(message). `tanren engine install` replaces it"),
          "\(result.error)")
      }
      let unknown = try TanrenProcess.run(["engine", "install", "--engine", "jaxlib"], in: folder)
      #expect(unknown.status == 2 && unknown.error.contains("there is no engine 'jaxlib'"), "\(unknown.error)")
    }

    @Test func theEnginesPackagesAreListedForPip() throws {
      let lines = try output(["engine", "requirements"]).split(separator: "\n").map(String.init)
      #expect(lines == EngineWheel.pinned(for: .current).map(\.hashedRequirement))
      let other = try output(["engine", "requirements", "--engine", "lammps-jax-pjrt-cpu"])
      #expect(other.hasPrefix("lammps-jax-pjrt-cpu==0.11.2 --hash=sha256:"))
    }

    @Test func oldNamesOfOptionsStillWork() throws {
      let result = try TanrenProcess.run(["engine", "install", "--again", "--engine", "jaxlib"], in: folder)
      #expect(
        result.status == 2
          && result.error.hasPrefix("Note: --again is deprecated. Use --force instead.\nError: there is no engine"),
        "\(result.error)")
      // An option of another command is left alone.
      let other = try TanrenProcess.run(["engine", "info", "--again"], in: folder)
      #expect(other.status == 2 && other.error.contains("Unknown option '--again'"), "\(other.error)")
    }
  #endif

  @Test func reproduceShowsPublishedValuesBesideOurs() throws {
    let list = try output(["reproduce", "--list"])
    #expect(list.contains("activations-mnist") && list.contains("On request: hSwish-n1"))
    #expect(list.contains("Source: Foret et al. 2021: Sharpness-Aware Minimization"))
    let text = try output([
      "reproduce", "activations-mnist", "--arms", "relu,tanhExp", "--epochs", "2", "--seeds", "2", "--data",
      DataFiles.tiny,
      "--output", "out",
    ])
    for run in ["relu, seed 10", "relu, seed 11", "tanhExp, seed 10", "tanhExp, seed 11"] {
      #expect(text.contains("/4] \(run): 2 epochs"), "a run is missing, whichever process it was trained in")
    }
    #expect(text.contains("to 95%") && text.contains("97.85% ✗") && text.contains("97.89% ✗"))
    #expect(text.contains("Too few seeds for any verdict on tanhExp and relu"))
    for name in [
      "runs.csv", "plan.yml", "studies.sqlite", "curves.svg", "report.html", "report.md",
      "report.csv", "report.json", "report.tex",
    ] {
      #expect(folder.exists("out/" + name), "\(name)")
    }
    // The report's mean is that of the stored runs.
    let rows = try folder.text("out/runs.csv").split(separator: "\n").map { $0.split(separator: ",") }
    let accuracies = rows.filter { $0.count == 8 && $0[1] == "relu" && $0[4] == "2" && $0[6] == "val_accuracy" }
      .compactMap { Double($0[7]) }
    try #require(accuracies.count == 2)
    let mean = accuracies.reduce(0, +) / 2
    let summary = try folder.text("out/report.csv").split(whereSeparator: \.isNewline).map { $0.split(separator: ",") }
    try #require(summary.count == 3 && summary[0][3] == "last_mean" && summary[1][0] == "relu")
    #expect(Double(summary[1][3]).map { abs($0 - mean) < 1e-12 } ?? false, "\(mean)\n\(summary)")
    // What the report says to type finds the runs done.
    let again = try #require(text.split(separator: "\n").first { $0.hasPrefix("Reproduce: tanren ") })
    #expect(
      again.hasSuffix("--arms relu,tanhExp --seeds 10..11 epochs=2 'data=syntheticDigits(test: 100, train: 200)'"),
      "\(again)")
    let repeated = try output([
      "reproduce", "activations-mnist", "--arms", "relu,tanhExp", "--seeds", "10..11", "epochs=2",
      "data=syntheticDigits(test: 100, train: 200)", "--output", "again",
    ])
    #expect(repeated.contains("4 runs, 4 done already"))
  }

  @Test func recipesAreShownToBeEdited() throws {
    let text = try output(["reproduce", "esn-vowels", "--show"])
    #expect(text.hasPrefix("# Japanese vowels: ") && text.contains("\nbudgets:\n  smoke:\n"))
    try Data(text.utf8).write(to: URL(fileURLWithPath: folder.path + "/mine.yml"))
    // A copy is the same plan under its own name, with the recipe's budgets.
    let copy = try output(["study", "plan", "mine.yml", "budget=smoke", "--yaml"])
    let recipe = try output(["study", "plan", "esn-vowels", "budget=smoke", "--yaml"])
    #expect(copy.contains("name: mine-smoke\n") && copy.contains("syntheticVowels"))
    #expect(copy.replacing("mine-smoke", with: "esn-vowels-smoke") == recipe)
  }

  @Test func studiesAreReported() throws {
    _ = try output([
      "study", "run", "activations-mnist", "arms=relu,tanhExp", "epochs=1", "seeds=2", "data=\(DataFiles.tiny)",
      "--quiet",
      "--store", "kept/all.sqlite",
    ])
    for name in ["html", "md", "csv", "json", "tex"] { #expect(folder.exists("kept/activations-mnist/report." + name)) }
    let page = try folder.text("kept/activations-mnist/report.html")
    #expect(try output(["report", "kept/all.sqlite", "--format", "html"]) == page)
    #expect(try output(["report", "--store", "kept/all.sqlite", "--output", "new/page.html"]).isEmpty)
    #expect(try folder.text("new/page.html") == page)
    let text = try output(["report", "kept/all.sqlite", "--study", "activations-mnist"])
    #expect(text.contains("Too few seeds for any verdict") && text.contains("Not as published: epochs=1"))
  }

  @Test func experimentsAreDrawnOfTheDataTheyRanOn() throws {
    // The recipe's own data aren't here: only the budget's are.
    let result = try TanrenProcess.run(
      ["reproduce", "esn-vowels", "--budget", "smoke", "--offline", "--output", "vowels"], in: folder)
    #expect(result.status == 0, "\(result.error)")
    #expect(folder.exists("vowels/200-units.svg") && folder.exists("vowels/600-units.svg"))
    // An experiment has no epochs, and its report none either.
    #expect(result.output.contains("[1/") && !result.output.contains("epoch") && !folder.exists("vowels/curves.svg"))
    for name in ["report.md", "report.html", "report.tex"] {
      let text = try folder.text("vowels/\(name)")
      #expect(text.contains("200 units") && !text.lowercased().contains(" epoch"), "\(name)")
    }
  }

  @Test func recipesThatFailAreNamedAndTheOthersGoOn() throws {
    let result = try TanrenProcess.run(
      ["reproduce", "--all", "--budget", "smoke", "--offline", "batchSize=100000", "--output", "all"], in: folder)
    #expect(result.status == 1 && !result.endedBySignal)
    let list = try output(["reproduce", "--list"])
    let names = list.split(separator: "\n").filter { !$0.hasPrefix(" ") }.map(String.init)
    try #require(names.count >= 4)
    for name in names {
      // An experiment has no batches: its plan is refused before anything is written.
      #expect(folder.exists("all/\(name)/plan.yml") == !(name.hasPrefix("esn-") || name.hasPrefix("nvar-")), "\(name)")
      #expect(result.error.contains("recipes failed: ") && result.error.contains(name))
    }
    #expect(result.error.contains("the batch size is 100000, but the data set has"))
  }
}

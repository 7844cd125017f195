import Foundation
import TestSupport
import Testing

@testable import Plans

/// What help, guides and sources cite: papers that `docs/bibliography.md` has, and no codes.
@Suite(.tags(.unit)) struct CitationTests {
  private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: package.appendingPathComponent(path), encoding: .utf8)
  }

  /// Texts of the package, by their paths. Generated files of numbers aren't looked at.
  private static func texts() throws -> [(path: String, text: String)] {
    let folders = ["Sources", "Tests", "Recipes", "Examples", "Benchmarks", "Plugins", "docs", "scripts"]
    var paths = ["README.md", "Package.swift", "Makefile"]
    for folder in folders {
      let found = FileManager.default.enumerator(atPath: package.appendingPathComponent(folder).path)
      while let path = found?.nextObject() as? String {
        guard !path.contains(".venv/"), !path.contains("results/2"),
          ["swift", "md", "yml", "py", "svg", "c", "h"].contains((path as NSString).pathExtension)
        else { continue }
        paths.append("\(folder)/\(path)")
      }
    }
    return try paths.map { ($0, try text($0)) }
  }

  @Test func nothingIsCitedByACode() throws {
    let texts = try Self.texts()
    #expect(texts.count > 500)
    for (path, text) in texts {
      let lines = text.split(separator: "\n").filter { !$0.hasPrefix("formerly:") }.joined(separator: "\n")
      // Foundation's regular expressions, which read a thousand files in a fraction of the time.
      let code = lines.range(
        of: #"\bS[0-4]-T?[0-9]+\b|\b[Aa]rticle ?[0-4][ab]?s?\b"#, options: .regularExpression)
      #expect(code == nil, "\(path): \(code.map { lines[$0] } ?? "")")
    }
  }

  @Test func recipesSourcesAreInTheBibliography() throws {
    let bibliography = try Self.text("docs/bibliography.md")
    for recipe in try Recipe.all {
      #expect(
        bibliography.contains("(../Recipes/\(recipe.name).yml)") || recipe.sources.allSatisfy { $0.authors != nil })
      for source in recipe.sources {
        if let link = source.link { #expect(bibliography.contains(link), "\(recipe.name): \(source)") }
        #expect(bibliography.contains(source.title.prefix { $0 != ":" && $0 != "(" }), "\(recipe.name): \(source)")
      }
    }
  }

  /// "Foret et al. 2021" in a summary or a recipe is an entry of the bibliography.
  @Test func citedPapersAreInTheBibliography() throws {
    let bibliography = try Self.text("docs/bibliography.md")
    var count = 0
    for (path, text) in try Self.texts() where path.hasPrefix("Sources/") || path.hasPrefix("Recipes/") {
      for line in text.split(separator: "\n") where line.contains("summary") {
        for match in line.matches(of: #/([A-Z][\p{L}-]+(?: et al\.| and [A-Z][\p{L}-]+)?) ((?:19|20)[0-9]{2})\b/#) {
          count += 1
          #expect(bibliography.contains("\(match.1) \(match.2)"), "\(path): \(match.0)")
        }
      }
    }
    #expect(count > 10)
  }

  /// The publications that methods declare are entries of the bibliography, by their links.
  @Test func methodsReferencesAreInTheBibliography() throws {
    let bibliography = try Self.text("docs/bibliography.md")
    let references = RegistryDefaultTests.kinds.joined().compactMap { $0.reference }
    for reference in references {
      #expect(bibliography.contains("<\(reference.link)>"), "\(reference)")
    }
    #expect(Set(references).count > 60)
  }
}

import Foundation
import TestSupport
import Testing

/// The modules in `docs/architecture.md`, against `Package.swift` and the sources.
@Suite(.tags(.unit)) struct ArchitectureTests {
  /// A row of the guide's table, whose modules are listed from the highest to the lowest.
  private struct Module {
    let name: String
    let uses: Set<String>
  }

  /// The rows `| **Name** | Uses, of these | … |`.
  private func documented() throws -> [Module] {
    let guide = try Sources.text("docs/architecture.md")
    return guide.matches(of: /(?m)^\| \*\*(\w+)\*\* \| ([^|]*) \|/).map { row in
      Module(name: String(row.1), uses: Set(row.2.matches(of: /\w+/).map { String($0.0) }.filter { $0 != "none" }))
    }
  }

  /// Direct dependencies of the targets in `Sources`, without those on other packages.
  private func declared() throws -> [String: Set<String>] {
    let known = try Sources.modules()
    let whole = try Sources.text("Package.swift")
    // Products have names and targets too.
    let targets = try #require(whole.range(of: "\n  targets: [")?.upperBound)
    let manifest = whole[targets...].replacing(/\.product\([^)]*\)/, with: "")
    var modules: [String: Set<String>] = [:]
    for call in manifest.matches(of: /\w+\(\s*(?:name: )?"(\w+)"([^)]*)\)/) where known.contains(String(call.1)) {
      let list = call.2.firstMatch(of: /\[([^\]]*)\]/).map { String($0.1) } ?? ""
      let implied: Set<String> = call.2.contains("hasRegistries: true") ? ["Configuration"] : []
      let dependencies = implied.union(list.matches(of: /"(\w+)"/).map { String($0.1) }).intersection(known)
      modules[String(call.1), default: []].formUnion(dependencies)
    }
    return modules
  }

  @Test func theGuideListsEveryModule() throws {
    let listed = try documented().map(\.name)
    #expect(Set(listed).count == listed.count)
    #expect(try Set(listed) == Sources.modules())
  }

  @Test func theGuideNamesWhatEachModuleUses() throws {
    let known = try Sources.modules()
    let declared = try declared()
    for module in try documented() {
      let dependencies = try #require(declared[module.name], "\(module.name) isn't in Package.swift")
      #expect(module.uses == dependencies.intersection(known), "\(module.name)")
    }
  }

  /// Modules above others come first in the table, so every one uses rows below its own.
  @Test func modulesUseOnlyThoseBelow() throws {
    let order = try documented().map(\.name)
    for (place, module) in try documented().enumerated() {
      for name in module.uses {
        #expect(try #require(order.firstIndex(of: name), "\(name)") > place, "\(module.name) uses \(name)")
      }
    }
  }

  /// An import without a dependency compiles as long as something else happens to be built first.
  @Test func importsAreDependencies() throws {
    let order = try documented().map(\.name)
    let declared = try declared()
    /// A module, and what it reaches.
    func reachable(_ name: String) -> Set<String> {
      (declared[name] ?? []).reduce(into: [name]) { $0.formUnion(reachable($1)) }
    }
    for file in try Sources.files(under: "Sources", suffix: ".swift") {
      let module = String(file.split(separator: "/")[1])
      let allowed = reachable(module)
      for line in try Sources.text(file).matches(of: /(?m)^(?:@\w+ |public |package |internal )*import (\w+)/) {
        let name = String(line.1)
        #expect(!order.contains(name) || allowed.contains(name), "\(file) imports \(name)")
      }
    }
  }
}

import Tanren

/// All recipes with their arms.
struct RecipeList {
  private let types: [any Catalogued.Type]

  init(_ types: [any Catalogued.Type]) { self.types = types }

  func text(colors: Terminal.Colors) -> String {
    var table = TextTable(["recipe", "what it compares"])
    for case let type as any Recipe.Type in types {
      let recipe = type.init()
      let others = recipe.arms.map(\.name).filter { !recipe.defaultArms.contains($0) }
      table.append([TableCell(type.name, style: .strong), TableCell(type.summary)])
      table.append(["", TableCell("arms: \(recipe.defaultArms.joined(separator: ", "))", style: .muted)])
      if !others.isEmpty {
        table.append(["", TableCell("and on request: \(others.joined(separator: ", "))", style: .muted)])
      }
    }
    return table.text(colors: colors)
  }
}

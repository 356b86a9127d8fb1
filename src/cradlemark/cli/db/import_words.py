"""Words of the import report page, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from cradlemark.core.language import Text

WORDS: Mapping[str, Text] = {
    "title": Text("Import of {name}", "{name} 的导入报告"),
    "subtitle": Text("{format}, allocation: {allocation}", "{format}，分配：{allocation}"),
    "balance": Text("Every exchange accounted for", "每条交换都有去处"),
    "balanced": Text(
        "All {count} exchanges that were read are accounted for: {parts}.",
        "读取的 {count} 条交换全部有去处：{parts}。",
    ),
    "unbalanced": Text(
        "The parts do not add up to the {count} exchanges that were read. Please report this as a fault.",
        "各部分之和不等于读取的 {count} 条交换，请作为程序错误报告。",
    ),
    "processes": Text("processes", "过程"),
    "exchanges": Text("exchanges", "交换"),
    "open": Text("open inputs", "未链接的输入"),
    "refused": Text("refused", "被拒绝"),
    "looked": Text("to be looked at", "需要查看"),
    "products_beside": Text("{count} products with supply", "{count} 个产品有供应"),
    "linked_beside": Text("{count} inputs linked", "{count} 个输入已链接"),
    "estimated_beside": Text("{count} with an estimate", "其中 {count} 个有估计"),
    "documents_beside": Text("exchanges, {count} documents", "条交换，{count} 份文档"),
    "results_beside": Text("results", "个结果"),
    "bar": Text("Exchanges by what became of them", "交换的去向"),
    "bar_caption": Text(
        "Used exchanges are in the matrices. Idle ones are kept, but their process makes nothing that can be used. "
        "Unlinked and ambiguous inputs are cut off and stay visible. Refused ones could not be read.",
        "“已使用”的交换进入矩阵；“闲置”的交换已保留，但其过程没有可用产出；“未链接”和“不唯一”的输入被截断并保持可见；"
        "“被拒绝”的交换无法读取。",
    ),
    "used": Text("used", "已使用"),
    "idle": Text("idle", "闲置"),
    "unlinked": Text("unlinked", "未链接"),
    "ambiguous": Text("ambiguous", "不唯一"),
    "counts": Text("What was read", "读取内容"),
    "counts_caption": Text("Counts", "计数"),
    "counts_header": Text("What|Count", "内容|数量"),
    "links": Text("How inputs found their provider", "输入如何找到供应方"),
    "links_caption": Text("Inputs by rule", "按规则统计的输入"),
    "links_header": Text("Rule|Inputs|Share", "规则|输入数|占比"),
    "no_links": Text("No process of the source needs another one.", "数据源中没有需要其他过程的输入。"),
    "cuts": Text("Inputs that were cut off", "被截断的输入"),
    "cuts_text": Text(
        "{known} of {all} open inputs have a proxy that tells how much they may weigh. The estimate is shown here "
        "and beside results; it is never added to one.",
        "{all} 个未链接输入中有 {known} 个可用替代数据估计其影响。估计值只在此处和结果旁显示，从不计入结果。",
    ),
    "cuts_header": Text(
        "Flow|Uses|Why|Proxy|Score|kg CO₂e per unit|Status", "流|次数|原因|替代数据|得分|kg CO₂e/单位|状态"
    ),
    "users_header": Text("Flow|Processes", "流|过程"),
    "users_fold": Text("The processes that use them", "使用这些流的过程"),
    "cuts_fold": Text("All {count} flows without provider", "全部 {count} 个无供应方的流"),
    "no_cuts": Text("Every input has a provider.", "所有输入都有供应方。"),
    "weight_unknown": Text("weight unknown", "影响未知"),
    "divisions": Text("Processes with several products", "多产出过程"),
    "divisions_text": Text(
        "{count} processes have several products; {without} of them have no usable allocation, and their products "
        "have no supply. Nothing is put on one product unless the source or the chosen policy says so.",
        "{count} 个过程有多个产品，其中 {without} 个没有可用的分配，其产品没有供应。除非数据源或所选策略指明，不会把负荷全部归于一个产品。",
    ),
    "divisions_header": Text(
        "Process|Product|Amount|Share|Allocation used|Sum of factors", "过程|产品|数量|份额|采用的分配|因子之和"
    ),
    "divisions_fold": Text("All {count} processes and their products", "全部 {count} 个过程及其产品"),
    "no_divisions": Text("Every process has one product.", "每个过程只有一个产品。"),
    "by_exchange": Text("by exchange", "按交换"),
    "replaces": Text("replaces the same product of another maker", "替代其他生产方的同种产品"),
    "no_allocation": Text("none: {reasons}", "无：{reasons}"),
    "conversions": Text("Units converted", "换算的单位"),
    "conversions_header": Text("From|To|Factor|Exchanges", "由|至|系数|交换数"),
    "conversions_fold": Text(
        "{count} exchanges in {kinds} kinds of conversion", "{count} 条交换，{kinds} 种换算"
    ),
    "no_conversions": Text("All amounts are in the reference unit of their flow.", "所有数量均为流的参考单位。"),
    "formulas": Text("Formulas, parameters, uncertainties, languages", "公式、参数、不确定性与语言"),
    "kept_caption": Text("What was kept", "保留的内容"),
    "kept_header": Text("What|Count", "内容|数量"),
    "parameter": Text("parameter: {kind}", "参数：{kind}"),
    "exchange": Text("exchange: {kind}", "交换：{kind}"),
    "names_in": Text("names in {language}", "名称语言：{language}"),
    "not_stated": Text("a language that is not stated", "未说明"),
    "remarked": Text("Results that should be looked at", "需要查看的结果"),
    "remarked_text": Text(
        "Climate impact per unit by gas, GWP100 of AR6. These {count} of {all} products are outside what their "
        "category or their peers have, or rest on cut-offs.",
        "按气体计算的单位气候影响（AR6 GWP100）。{all} 个产品中这 {count} 个超出同类或同行范围，或依赖于被截断的输入。",
    ),
    "remarked_header": Text("Product|Process|kg CO₂e|per|Why", "产品|过程|kg CO₂e|单位|原因"),
    "remarked_fold": Text("All {count} results", "全部 {count} 个结果"),
    "without_gases": Text(
        "No product has a climate impact by gas, for no emission to air with a mass is a greenhouse gas of the table; the values are not judged.",
        "按气体计算，所有产品均无气候影响，因为没有任何带质量的大气排放属于气体表中的温室气体；数值未作判断。",
    ),
    "no_remarked": Text("No result is outside its gate.", "没有超出范围的结果。"),
    "unsolved": Text("The database could not be solved: {reason}", "数据库无法求解：{reason}"),
    "problems": Text("Refused or in doubt", "被拒绝或存疑"),
    "problems_header": Text("Where|What|Repair", "位置|内容|修正"),
    "problems_fold": Text("{title}: {count}", "{title}：{count}"),
    "problems_text": Text(
        "Every entry names its place in the source.",
        "每条均注明在数据源中的位置。",
    ),
    "no_problems": Text("Nothing was refused and nothing is in doubt.", "没有被拒绝或存疑的内容。"),
    "unread": Text("In the source, not kept", "数据源中未保留的内容"),
    "unread_header": Text("What|Count", "内容|数量"),
    "unread_fold": Text("{count} kinds of content", "{count} 类内容"),
    "no_unread": Text("Everything in the source was kept.", "数据源内容全部保留。"),
    "without": Text("Processes without product", "无产品的过程"),
    "without_fold": Text("{count} processes that make nothing that can be used", "{count} 个没有可用产出的过程"),
    "without_header": Text("Identifier", "标识符"),
    "mapping": Text("Decided in the mapping file", "映射文件的决定"),
    "mapping_header": Text("Line|Flow|Only for|Decision|Exchanges", "行|流|仅限|决定|交换数"),
    "mapping_fold": Text("{count} decisions", "{count} 项决定"),
    "footer": Text("Cradlemark. Digest of the database: {digest}", "Cradlemark。数据库摘要：{digest}"),
    "other": Text("中文", "English"),
}  # fmt: skip
CODES: Mapping[str, Text] = {
    "magnitude-implausible": Text("Magnitudes that look wrong", "数量级可疑"),
    "emission-uncounted": Text(
        "Greenhouse gases that count in no climate impact", "未计入任何气候影响的温室气体"
    ),
    "flow-unknown": Text("Flows that are not in the source", "数据源中没有的流"),
    "unit-unknown": Text("Units that the source does not define", "数据源未定义的单位"),
    "number-invalid": Text("Amounts that are no finite number", "不是有限数值的数量"),
    "formula-stored": Text("Formulas that could not be calculated", "无法计算的公式"),
    "formula-differs": Text("Formulas that give another amount than stored", "公式结果与存储值不同"),
    "id-duplicate": Text("Identifiers that are there twice", "重复的标识符"),
    "allocation-doubtful": Text(
        "Allocations that leave the reference product next to nothing", "几乎不留给参考产品的分配"
    ),
    "allocation-factor": Text("Allocation factors that cannot be used", "无法使用的分配因子"),
    "output-zero": Text("Sectors that make nothing", "无产出的部门"),
    "output-negative": Text("Sectors with a negative total output", "总产出为负的部门"),
    "sector-unmatched": Text("Rows and columns without counterpart", "没有对应项的行或列"),
    "factor-unmatched": Text("Factors for stressors that are not there", "没有对应排放项的特征化因子"),
    "sum-mismatch": Text("Totals that do not add up", "合计不一致"),
    "process-unknown": Text("Processes that are not in the table of processes", "过程表中没有的过程"),
    "column-unknown": Text("Columns that are not read", "未读取的列"),
    "column-unnamed": Text("Columns without a header", "没有表头的列"),
    "cells-moved": Text("Rows with more cells than the header", "单元格多于表头的行"),
    "cas-invalid": Text("CAS numbers that are wrong or were restored", "有误或已还原的 CAS 号"),
    "cas-differs": Text("Flows with several CAS numbers", "有多个 CAS 号的流"),
    "value-missing": Text("Values that are missing", "缺失的值"),
    "value-unknown": Text("Values that are not known", "未知的值"),
    "xml-syntax": Text("Documents that are no XML", "不是 XML 的文档"),
    "mapping-unknown": Text("Identifiers of the mapping file that are unknown", "映射文件中未知的标识符"),
    "mapping-product": Text("Providers that do not make what is asked for", "不生产所需产品的供应方"),
    "mapping-unit": Text("Units of the mapping file that do not convert", "映射文件中无法换算的单位"),
    "mapping-choice": Text("Lines of the mapping file without one clear choice", "映射文件中选择不明确的行"),
    "mapping-duplicate": Text("Inputs that are decided twice", "重复决定的输入"),
    "mapping-unused": Text("Lines of the mapping file that met nothing", "映射文件中未起作用的行"),
}
"""Titles of groups of problems; another code stands for itself."""
STATUS: Mapping[str, Text] = {
    "verified": Text("verified", "已核实"),
    "derived": Text("derived", "推导"),
    "unverified": Text("unverified", "未核实"),
    "calculated": Text("calculated", "本库计算"),
}

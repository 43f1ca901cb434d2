"""Refusals of files that are read: staff lists, rosters that come back."""

LISTS: dict[str, tuple[str, str]] = {
    # staff lists
    "file_is_empty": ("文件是空的。", "The file is empty."),
    "file_is_broken": ("文件已损坏，读不了。", "The file is broken and cannot be read."),
    "file_has_password": (
        "文件有密码，请去掉密码后再导入。",
        "The file has a password: remove it and import again.",
    ),
    "file_is_not_what_its_name_says": (
        "文件名以 {suffix} 结尾，内容却不是。请重新另存为 .xlsx 或 CSV。",
        "The file is called {suffix} but is something else: save it again as .xlsx or CSV.",
    ),
    "file_kind_is_not_read": (
        "不能读取 {kind} 文件。请在 Excel 或 WPS 里另存为 .xlsx 或 CSV。",
        "Files of kind {kind} are not read: save it as .xlsx or CSV in Excel or WPS.",
    ),
    "file_unpacks_too_large": (
        "文件解开后有 {megabytes} MB，最多 {most} MB。",
        "The file unpacks to {megabytes} MB; at most {most} MB is read.",
    ),
    "file_takes_too_much": (
        "这个文件展开后过大，读不了。请新建一个只含名单的文件。",
        "The file is too large once laid out: make a new one that holds the list only.",
    ),
    "several_sheets": (
        "有内容的工作表不止一张（{sheets}）。请另存一个只含名单的文件。",
        "More than one sheet holds something ({sheets}): save a file with the list only.",
    ),
    "encoding_unknown": (
        "第 {row} 行的文字编码认不出来。请另存为 UTF-8 或 GBK。",
        "The text of line {row} is in no known encoding: save the file as UTF-8 or GBK.",
    ),
    "encoding_is_mixed": (
        "第 {row} 行是 UTF-8，其他行不是。请统一编码后再导入。",
        "Line {row} is UTF-8 and others are not: save the file in one encoding.",
    ),
    "csv_is_broken": (
        "第 {row} 行起读不通，多半是引号没有成对。",
        "The file cannot be read from line {row} on: most likely a quotation mark has no partner.",
    ),
    "too_many_rows": ("最多 {most} 行，请分开导入。", "At most {most} rows: import it in parts."),
    "head_not_found": (
        "没有找到表头：前 {most} 行里应有一行写着 工号、姓名、单位。",
        "No head found: one of the first {most} rows must hold Staff no, Name, Unit (工号、姓名、单位).",
    ),
    "columns_are_missing": ("表头缺少：{columns}。", "The head lacks: {columns}."),
    "columns_are_double": ("表头有两列意思相同：{columns}。", "Two columns of the head mean the same: {columns}."),
    "no_people_in_list": ("表头下面没有人员。", "There is nobody below the head."),
    "row_is_too_long": (
        "这一行比表头多出内容，多半是逗号没有用引号括住。",
        "The row goes on past the head: most likely a comma needs quotation marks round its cell.",
    ),
    "staff_no_is_a_number": (
        "工号 {text} 存成了数字，前面的 0 可能已经丢失。请把该列改为文本，填回完整工号。",
        "Staff number {text} is stored as a number, so leading zeros may be lost: make the column text and retype it.",
    ),
    "mobile_is_a_number": (
        "电话 {text} 存成了数字，前面的 0 可能已经丢失。请把该列改为文本。",
        "Telephone {text} is stored as a number, so leading zeros may be lost: make the column text.",
    ),
    "unknown_role": (
        "“{text}”看不出是哪一种，请写 一把手、分管领导 或 员工。",
        "“{text}” does not tell the role: write Head, Deputy or Staff (一把手、分管领导、员工).",
    ),
    "unknown_party": (
        "“{text}”看不出是否党员，请写 是 或 否。",
        "“{text}” does not say whether a party member: write yes or no.",
    ),
    "unknown_language": (
        "“{text}”不是可选的语言，请写 中文 或 English。",
        "“{text}” is not a language here: write 中文 or English.",
    ),
    "left_without_a_day": (
        "这里写着“{text}”：从哪天起离开？请写离职日期，或略去这一行。",
        "“{text}” stands here: since which day? Write the day of leaving, or leave the row out.",
    ),
    "unit_is_not_known": ("您管辖的单位里没有“{text}”。", "There is no unit “{text}” among those you coordinate."),
    "unit_is_ambiguous": (
        "叫“{text}”的单位不止一个，请写全：{units}。",
        "More than one unit is called “{text}”: write the whole path ({units}).",
    ),
    "staff_no_is_elsewhere": (
        "工号 {staff_no} 属于您管辖范围以外的单位。",
        "Staff number {staff_no} belongs to a unit that you do not coordinate.",
    ),
    "list_was_overtaken": (
        "检查之后名单里有人被改过，没有写入任何内容。请再导入一次。",
        "Somebody on the list was changed meanwhile; nothing was stored. Import it again.",
    ),
    # rosters read back
    "sheet_has_no_head": (
        "没有找到表头：要有一行写着“地点”，后面各列是日期。请用导出的排班表修改后再导入。",
        "No head was found: a row that says Place, and a date over each column. Change an exported file and bring it.",
    ),
    "sheet_line_unknown": (
        "这张排班表里没有“{text}”这一行。",
        "The roster has no line “{text}”.",
    ),
    "sheet_unknown_name": ("{day}：没有叫“{text}”的人，是谁？", "{day}: nobody is called “{text}”. Who is meant?"),
    "sheet_same_name": (
        "{day}：叫“{text}”的不止一人，请在姓名后写工号（{numbers}）。",
        "{day}: more than one person is called “{text}”; write the staff number behind the name ({numbers}).",
    ),
    "sheet_no_shift": ("{day}：这一行当天没有班次，名字写错格了？", "{day}: this line has no shift that day."),
    "sheet_too_many": (
        "{day}：写了 {count} 人，名额只有 {most} 个。",
        "{day}: {count} people are written, there are {most} slots.",
    ),
    "sheet_has_begun": (
        "{day}：已经开始的班次不能用表格改。",
        "{day}: a shift that has begun cannot be changed by a file.",
    ),
}

// Words of 待我裁定.
export default {
  decisions: {
    title: '待我裁定',
    tabs: { extension: '延期', parking: '挂账', termination: '终止', conference: '会商' },
    empty: {
      extension: '没有待批的延期申请。',
      parking: '没有待批的挂账申请。',
      termination: '没有待批的终止申请。',
      conference: '没有等待裁定的会商。',
    },
    noneFound: '这里没有找到。换个词，或清除搜索。',
    choose: '怎样答复这件申请',
  },
};

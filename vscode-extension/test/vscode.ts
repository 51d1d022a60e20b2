// Stands in for the editor: what is shown there can be looked at.

export interface StatusBarItem {
  text: string;
  tooltip: string;
  isShown: boolean;
  show(): void;
  hide(): void;
}

export const items: StatusBarItem[] = [];

export const StatusBarAlignment = { Left: 1 };

export const window = {
  createStatusBarItem(): StatusBarItem {
    const item: StatusBarItem = {
      text: "",
      tooltip: "",
      isShown: false,
      show: () => (item.isShown = true),
      hide: () => (item.isShown = false),
    };
    items.push(item);
    return item;
  },
};

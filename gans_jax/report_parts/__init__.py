"""What the report is made of: HTML (`page`), SVG (`charts`), the sections."""
